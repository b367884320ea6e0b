package io.periplus.lab.node.dns;

/** A resource record of an answer (RFC 1035). Names are without the final dot, in lower case. */
sealed interface DnsRecord {
    /** Kubernetes' usual lifetime, in seconds: short, as services come and go. */
    int TTL = 5;

    String name();

    int type();

    /** @param address four bytes */
    record A(String name, byte[] address) implements DnsRecord {
        @Override
        public int type() {
            return DnsType.A;
        }
    }

    record Cname(String name, String target) implements DnsRecord {
        @Override
        public int type() {
            return DnsType.CNAME;
        }
    }

    record Ptr(String name, String target) implements DnsRecord {
        @Override
        public int type() {
            return DnsType.PTR;
        }
    }

    record Srv(String name, int port, String target) implements DnsRecord {
        @Override
        public int type() {
            return DnsType.SRV;
        }
    }

    record Txt(String name, String text) implements DnsRecord {
        @Override
        public int type() {
            return DnsType.TXT;
        }
    }
}
