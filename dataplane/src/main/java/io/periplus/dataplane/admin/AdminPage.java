package io.periplus.dataplane.admin;

import java.io.IOException;

/** Answers requests for one path. Runs on a virtual thread. */
@FunctionalInterface
public interface AdminPage {
    /** The answer; an exception becomes 500 with its message. */
    AdminResponse answer(AdminRequest request) throws IOException;
}
