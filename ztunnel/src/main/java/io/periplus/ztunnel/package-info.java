/**
 * The node's L4 proxy: listeners inside every enrolled pod's network namespace, one path per direction.
 *
 * <p>Outbound (15001): {@link io.periplus.ztunnel.OutboundProxy} → {@link io.periplus.ztunnel.OutboundRouter} decides →
 * tunnel or plain TCP. Inbound over HBONE (15008): {@link io.periplus.ztunnel.InboundProxy}. Inbound in clear (15006):
 * {@link io.periplus.ztunnel.PassthroughProxy}. {@link io.periplus.ztunnel.PodProxy} is all of it for one pod,
 * {@link io.periplus.ztunnel.PodProxies} all pods of the node.
 */
@NullMarked
package io.periplus.ztunnel;

import org.jspecify.annotations.NullMarked;
