/// What a case finds around it: installed packages, servers, stand-ins of hosts on the internet, a
/// display. The same for the reference and the bridge.
@NullMarked
package dev.javaloop.conformance.stage;

import org.jspecify.annotations.NullMarked;
