package io.periplus.model.status;

/** What an object's status is to say, beside what it says. */
public interface Desired {
    /** Whether nothing has to be written. */
    boolean current();
}
