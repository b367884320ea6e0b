package io.periplus.ztunnel;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A pod's namespace with applications in it: blocking sockets, as an application would use them. */
record PodHost(String name, String address, String address6, NetworkNamespace namespace) {
    private static final int PATIENCE_MILLIS = 15_000;

    /** A connection out of this pod. */
    Socket connect(String host, int port) throws IOException {
        return namespace.call(() -> {
            Socket socket = new Socket();
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            try {
                socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
            } catch (IOException e) {
                socket.close();
                throw e;
            }
            return socket;
        });
    }

    /** Whether an echo comes back. */
    boolean isServed(String host, int port) {
        try {
            return call(host, port, "ahoy").equals("ahoy");
        } catch (IOException _) {
            return false;
        }
    }

    /** Sends, ends its side, and returns what comes back until the end. */
    String call(String host, int port, String text) throws IOException {
        return new String(callForBytes(host, port, text), StandardCharsets.UTF_8);
    }

    /** Whether a connection that says nothing is ended by the other side, in whatever way. */
    boolean isCutOff(String host, int port) throws IOException {
        try (Socket socket = connect(host, port)) {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (SocketException _) {
            return true;
        }
    }

    byte[] callForBytes(String host, int port, String text) throws IOException {
        try (Socket socket = connect(host, port)) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return socket.getInputStream().readAllBytes();
        }
    }

    /** An application that echoes, each connection on a thread of its own. */
    EchoApp echo(int port) throws IOException {
        ServerSocket listener = namespace.call(() -> {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress("::", port), 64);
            return socket;
        });
        EchoApp app = new EchoApp(
                listener, new CopyOnWriteArrayList<>(), ConcurrentHashMap.newKeySet(), new CountDownLatch(1));
        Thread.ofPlatform().daemon().name("echo-" + name).start(app::run);
        return app;
    }

    /**
     * An echo server.
     *
     * @param peers addresses that connected, in order
     * @param open connections
     * @param ended once nobody accepts any more
     */
    record EchoApp(ServerSocket listener, List<String> peers, Set<Socket> open, CountDownLatch ended)
            implements AutoCloseable {
        void run() {
            accept();
            ended.countDown();
        }

        private void accept() {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    peers.add(socket.getInetAddress().getHostAddress());
                    open.add(socket);
                    Thread.ofVirtual().start(() -> {
                        echo(socket);
                        open.remove(socket);
                    });
                } catch (IOException _) {
                    return;
                }
            }
        }

        private static void echo(Socket socket) {
            try (socket) {
                socket.setTcpNoDelay(true);
                socket.getInputStream().transferTo(socket.getOutputStream());
                socket.shutdownOutput();
            } catch (IOException _) {
                // The client has gone.
            }
        }

        /** Ends every connection at once, as the end of the process would. */
        void cut() throws IOException {
            for (Socket socket : open) {
                socket.close();
            }
        }

        /** Returns when the port is free: until then the kernel keeps it for who is still accepting. */
        @Override
        public void close() throws IOException {
            listener.close();
            try {
                if (!ended.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new IOException("the application goes on accepting");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
