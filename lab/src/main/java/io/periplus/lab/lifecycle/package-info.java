/**
 * The life of a lab on this machine. {@link io.periplus.lab.lifecycle.LabDaemon} is the background process in which both
 * clusters live; it holds {@link io.periplus.lab.lifecycle.DaemonLock} as long as it lives, however it ends, and answers on
 * {@link io.periplus.lab.lifecycle.ControlSocket}. The commands ({@link io.periplus.lab.Lab}) start it, ask it and stop it, and
 * clean up after one that was killed.
 */
@NullMarked
package io.periplus.lab.lifecycle;

import org.jspecify.annotations.NullMarked;
