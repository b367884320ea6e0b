package io.periplus.lab.node.dns;

import java.util.List;

/**
 * What there is to say to a question.
 *
 * @param code response code: {@link #NO_ERROR} (with no records: the name exists, but not with this type) or
 *     {@link #NO_SUCH_NAME}
 */
record DnsAnswer(int code, List<DnsRecord> records, List<DnsRecord> additional) {
    static final int NO_ERROR = 0;
    static final int NO_SUCH_NAME = 3;

    static final DnsAnswer NOTHING = new DnsAnswer(NO_ERROR, List.of(), List.of());
    static final DnsAnswer UNKNOWN = new DnsAnswer(NO_SUCH_NAME, List.of(), List.of());

    static DnsAnswer of(List<? extends DnsRecord> records) {
        return new DnsAnswer(NO_ERROR, List.copyOf(records), List.of());
    }
}
