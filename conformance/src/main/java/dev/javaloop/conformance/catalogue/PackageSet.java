package dev.javaloop.conformance.catalogue;

import java.util.List;

/// Packages that are installed together, once for each version of Python.
///
/// @param pip what pip is told, versions and all: nothing is resolved, so everything is named
/// @param compiled whether the C of the packages is needed; without it only their Python is
///   installed, so that every engine runs the same code
public record PackageSet(List<String> pip, boolean compiled) {}
