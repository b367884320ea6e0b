package io.periplus.nodeagent;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;

/** Writes the node's rules for probes with one kind of program. What it does, it may do again. */
interface ProbeRules {
    /** Writes the rules; addresses that are exempt already remain so. */
    void install() throws IOException;

    /** Whether they are there: other programs write the node's rules, too, and some begin by removing all. */
    default boolean isInstalled() throws IOException {
        return true;
    }

    /** @param uid of the pod whose addresses these are, for those who look at them */
    void add(String uid, Collection<InetAddress> addresses) throws IOException;

    /** Addresses that are not there are none. */
    void remove(Collection<InetAddress> addresses) throws IOException;

    /**
     * Exempts these, which are there all the time if they were before, and no others.
     *
     * @param owners uids by address; empty where it is not known
     */
    void retain(Map<InetAddress, String> owners) throws IOException;

    /** Leaves nothing of rules and addresses. */
    void uninstall() throws IOException;
}
