package io.periplus.nodeagent;

/**
 * A chain of ours in a table of iptables.
 *
 * @param hook the kernel's chain that jumps to it
 * @param first whether it has to come before everything else there
 */
record IptablesChain(String table, String hook, String name, boolean first) {
    String jump() {
        return "-A " + hook + " -j " + name;
    }
}
