/// What engines share and nobody else uses.
package dev.javaloop.internal;
