package io.periplus.dataplane.hbone;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Searches for frames after which a tunnel or a buffer is left over, or that break anything but their own connection; see
 * {@code HttpFuzz} for how to run it.
 */
class HboneFuzz {
    @FuzzTest(maxDuration = "5m")
    void frames(byte[] frames) {
        ByteArrayOutputStream connection = new ByteArrayOutputStream();
        connection.writeBytes(RawPeer.PREFACE);
        connection.writeBytes(RawPeer.bytes(RawPeer.SETTINGS, 0, 0));
        connection.writeBytes(frames);
        byte[] bytes = connection.toByteArray();
        HboneReading whole = HboneReading.of(bytes, bytes.length);
        assertThat(whole.leaked()).isZero();
        assertThat(whole.closed()).isEqualTo(whole.opened());
        for (int piece : List.of(1, 7)) {
            HboneReading cut = HboneReading.of(bytes, piece);
            assertThat(cut.leaked()).isZero();
            assertThat(cut.closed()).isEqualTo(cut.opened());
            if (whole.survived()) {
                assertThat(cut).as("in pieces of %d", piece).isEqualTo(whole);
            }
        }
    }
}
