/** Long-lived streams into pods: exec, attach, logs, port-forward. */
@NullMarked
package io.periplus.lab.apiserver.stream;

import org.jspecify.annotations.NullMarked;
