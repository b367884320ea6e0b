package io.periplus.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.Inet4Address;
import java.net.InetAddress;

/** What the JDK does not offer for UDP sockets, see udp(7). */
public final class UdpSockets {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCKADDR_IN = 16;
    private static final int SOCKADDR_IN_ADDRESS = 4;
    private static final int SOCKADDR_IN6 = 28;
    private static final int SOCKADDR_IN6_ADDRESS = 8;

    /** Nobody sends from the discard port (RFC 863). */
    private static final byte DISCARD = 9;

    private static final MethodHandle CONNECT =
            Libc.bind("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    private UdpSockets() {}

    /**
     * Takes a bound socket out of the choice among those that share its address ({@code SO_REUSEPORT}): from here on new
     * datagrams go to the others, while those that wait in it can still be read, and it can still send to anybody. Done by
     * connecting it to a port that nobody sends from.
     *
     * @param bound the address that the socket is bound to
     */
    public static void leaveToOthers(int descriptor, InetAddress bound) throws LinuxException {
        boolean v4 = bound instanceof Inet4Address;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Libc.STATE);
            MemorySegment nobody = arena.allocate(v4 ? SOCKADDR_IN : SOCKADDR_IN6, 4);
            nobody.set(JAVA_SHORT, 0, (short) (v4 ? AF_INET : AF_INET6));
            nobody.set(JAVA_BYTE, 3, DISCARD);
            byte[] address = bound.getAddress();
            MemorySegment.copy(
                    address, 0, nobody, JAVA_BYTE, v4 ? SOCKADDR_IN_ADDRESS : SOCKADDR_IN6_ADDRESS, address.length);
            int length = (int) nobody.byteSize();
            Libc.checked((int) CONNECT.invokeExact(state, descriptor, nobody, length), "connect", "" + bound, state);
        } catch (Throwable e) {
            throw Libc.rethrow(e);
        }
    }
}
