package io.periplus.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** What the JDK does not offer for signals, see signal(7). */
public final class Signals {
    /** What a terminal sends for Ctrl+C. */
    public static final int INTERRUPT = 2;

    private static final MethodHandle SIGNAL =
            Libc.bind("signal", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    private Signals() {}

    /**
     * From here on the signal ends the process at once, as it does by default, except the first process of a PID namespace. For
     * a process that is ending in good order already, in which the JVM does nothing more about a signal.
     */
    public static void endAtOnceOn(int signal) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            MemorySegment before = (MemorySegment) SIGNAL.invokeExact(state, signal, MemorySegment.NULL);
            Libc.checked(before.address() == -1 ? -1 : 0, "signal", "signal " + signal, state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }
}
