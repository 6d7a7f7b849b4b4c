/// What is known of cases: the packages, servers and names they need, and the differences that are
/// expected. Read from TOML; nothing here runs anything.
@NullMarked
package dev.javaloop.conformance.catalogue;

import org.jspecify.annotations.NullMarked;
