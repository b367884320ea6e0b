package io.periplus.controlplane.training;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class TrainingTest {
    @Test
    void aTrainingRunServesOneProxyAndEndsByItself() {
        assertThatCode(Training::run).doesNotThrowAnyException();
    }
}
