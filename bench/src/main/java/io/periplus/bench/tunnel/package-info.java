/**
 * The L4 path side by side: no mesh, a pair of ztunnels, a pair of HAProxy that does the same hop, and upstream's ztunnel where it
 * is named. Every contender has a client and a server pod of its own, and nothing of it runs while another is measured.
 */
@NullMarked
package io.periplus.bench.tunnel;

import org.jspecify.annotations.NullMarked;
