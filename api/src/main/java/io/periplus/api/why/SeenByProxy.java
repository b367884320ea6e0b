package io.periplus.api.why;

import java.util.List;

/** What one proxy remembers, the newest first. */
public record SeenByProxy(ProxyName proxy, List<Seen> seen) {}
