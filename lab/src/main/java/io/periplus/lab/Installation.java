package io.periplus.lab;

import io.periplus.lab.lifecycle.LabException;
import java.util.function.Consumer;

/** What a distribution puts into a lab that comes up. The lab itself installs nothing. */
public interface Installation {
    /** An empty lab. */
    Installation NONE = new Installation() {
        @Override
        public void beforeUp(Lab lab, Consumer<String> progress) {}

        @Override
        public void afterUp(Lab lab, Consumer<String> progress) {}
    };

    /** Called before the clusters start, for example to add images. */
    void beforeUp(Lab lab, Consumer<String> progress) throws LabException;

    /**
     * Called when both clusters are ready, also if they were before. Has to bear being repeated.
     *
     * @param progress gets lines for the user
     */
    void afterUp(Lab lab, Consumer<String> progress) throws LabException;
}
