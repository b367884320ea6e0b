package io.periplus.ztunnel;

import org.jspecify.annotations.Nullable;

/** Reports connections to the access log. */
final class FlowReports implements FlowLog {
    private static final Meter UNMETERED = new Meter() {
        @Override
        public void received(int bytes) {}

        @Override
        public void sent(int bytes) {}

        @Override
        public void closed(ResponseFlag flag) {}
    };

    private final AccessLog access = new AccessLog();

    @Override
    public Meter opened(Flow flow) {
        return UNMETERED;
    }

    @Override
    public void completed(Flow flow, @Nullable String error) {
        access.completed(flow, error);
    }

    @Override
    public void failed(Flow flow, String error) {
        access.failed(flow, error);
    }
}
