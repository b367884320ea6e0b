package io.periplus.lab.apiserver.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SpdyHeadersTest {
    @Test
    void theDictionaryIsThatOfTheSpecification() {
        try (SpdyHeaders headers = new SpdyHeaders()) {
            // A zlib stream names its dictionary by checksum after the two bytes of its header (RFC 1950).
            assertThat(ByteBuffer.wrap(headers.empty()).getInt(2)).isEqualTo(0xe3c6a7c2);
        }
    }

    @Test
    void blocksOfOneConnectionBuildOnEachOther() throws Exception {
        try (SpdyHeaders sender = new SpdyHeaders();
                SpdyHeaders receiver = new SpdyHeaders()) {
            assertThat(receiver.read(sender.empty())).isEmpty();
            assertThat(receiver.read(sender.empty())).isEmpty();
        }
    }
}
