package io.periplus.ztunnel;

import io.netty.channel.Channel;

/** How a client is told what has become of its connection, if it waits to be told before it speaks. */
interface Greeting {
    /** A redirected client knows nothing of the proxy: it is connected from the start, or cut off. */
    Greeting NONE = new Greeting() {
        @Override
        public void established(Channel client) {
            // What it sent is on its way.
        }

        @Override
        public void failed(Channel client) {
            client.close();
        }
    };

    /** Bytes may flow from here on. */
    void established(Channel client);

    /** There is no connection; closes the client's. */
    void failed(Channel client);
}
