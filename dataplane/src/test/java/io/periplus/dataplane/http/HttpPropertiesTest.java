package io.periplus.dataplane.http;

import org.junit.jupiter.api.Test;

/** The properties hold for the corpus and for a round of mutations of it. */
class HttpPropertiesTest {
    private static final int ROUND = 4000;

    @Test
    void requestsAreReadAsAnotherReaderReadsThem() {
        Mutations mutations = new Mutations(1);
        mutations.seeds().forEach(HttpProperties::requestsAreReadAsAnotherReaderReadsThem);
        for (int i = 0; i < ROUND; i++) {
            HttpProperties.requestsAreReadAsAnotherReaderReadsThem(mutations.next());
        }
    }

    @Test
    void piecesAreReadAsTheWhole() {
        Mutations mutations = new Mutations(2);
        mutations.seeds().forEach(HttpProperties::piecesAreReadAsTheWhole);
        for (int i = 0; i < ROUND / 10; i++) {
            HttpProperties.piecesAreReadAsTheWhole(mutations.next());
        }
    }

    @Test
    void whatIsPassedOnIsReadAsItWasJudged() {
        Mutations mutations = new Mutations(3);
        mutations.seeds().forEach(HttpProperties::whatIsPassedOnIsReadAsItWasJudged);
        for (int i = 0; i < ROUND; i++) {
            HttpProperties.whatIsPassedOnIsReadAsItWasJudged(mutations.next());
        }
    }

    @Test
    void whatIsPassedOnFromHttp2IsReadAsItWasJudged() {
        Mutations mutations = new Mutations(4);
        for (int i = 0; i < ROUND; i++) {
            HttpProperties.whatIsPassedOnFromHttp2IsReadAsItWasJudged(mutations.nextBlock());
        }
    }

    @Test
    void sessionsStandWhateverFramesCome() {
        Http2Frames frames = new Http2Frames(5);
        for (int i = 0; i < ROUND / 4; i++) {
            HttpProperties.sessionsStandWhateverFramesCome(frames.next());
        }
    }
}
