package io.periplus.dataplane.http;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Searches for bytes that break what {@link HttpProperties} says, guided by coverage. Not among the normal tests, as the
 * fuzzer slows everything in its process:
 *
 * <pre>
 * JAZZER_FUZZ=1 mvn -pl dataplane -am test -Dtest='HttpFuzz#requests' -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 *
 * <p>What it finds becomes a file of the corpus next to the others.
 */
class HttpFuzz {
    @FuzzTest(maxDuration = "5m")
    void requests(byte[] bytes) {
        HttpProperties.requestsAreReadAsAnotherReaderReadsThem(bytes);
    }

    @FuzzTest(maxDuration = "5m")
    void pieces(byte[] bytes) {
        HttpProperties.piecesAreReadAsTheWhole(bytes);
    }

    @FuzzTest(maxDuration = "5m")
    void passedOn(byte[] bytes) {
        HttpProperties.whatIsPassedOnIsReadAsItWasJudged(bytes);
    }

    @FuzzTest(maxDuration = "5m")
    void passedOnFromHttp2(byte[] block) {
        HttpProperties.whatIsPassedOnFromHttp2IsReadAsItWasJudged(block);
    }

    @FuzzTest(maxDuration = "5m")
    void frames(byte[] bytes) {
        HttpProperties.sessionsStandWhateverFramesCome(Http2Frames.connection(bytes));
    }
}
