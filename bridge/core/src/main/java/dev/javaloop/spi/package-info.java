/// What an engine implements: [dev.javaloop.spi.Guest] is Python as engine-neutral Java code
/// reaches it.
package dev.javaloop.spi;
