package io.periplus.waypoint.limit.remote;

import io.periplus.wire.ratelimit.RateLimitDescriptor;
import io.periplus.wire.ratelimit.RateLimitRequest;
import io.periplus.wire.ratelimit.RateLimitResponse;
import io.periplus.wire.ratelimit.RateLimitResponse.Code;
import io.periplus.wire.ratelimit.RateLimitResponse.DescriptorStatus;
import io.periplus.wire.ratelimit.RateLimitUnit;
import io.periplus.wire.xds.core.HeaderValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Between requests and the messages of rate limit services. */
final class ServiceMessages {
    private static final String LIMIT = "generic_key";

    private ServiceMessages() {}

    static RateLimitRequest request(String domain, List<Ask> limits) {
        RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain(domain);
        int hits = 1;
        for (Ask ask : limits) {
            request.addDescriptors(descriptor(ask));
            hits = Math.max(hits, ask.limit().cost());
        }
        return request.setHitsAddend(hits).build();
    }

    private static RateLimitDescriptor descriptor(Ask ask) {
        Asked limit = ask.limit();
        RateLimitDescriptor.Builder descriptor =
                RateLimitDescriptor.newBuilder().addEntries(entry(LIMIT, limit.name()));
        for (int i = 0; i < ask.values().size(); i++) {
            descriptor.addEntries(entry(limit.entries().get(i), ask.values().get(i)));
        }
        RateLimitUnit unit = unit(limit.seconds());
        if (unit != RateLimitUnit.UNKNOWN && limit.requests() > 0) {
            descriptor.setLimit(RateLimitDescriptor.RateLimitOverride.newBuilder()
                    .setRequestsPerUnit(Math.toIntExact(limit.requests()))
                    .setUnit(unit));
        }
        return descriptor.build();
    }

    private static RateLimitDescriptor.Entry entry(String key, String value) {
        return RateLimitDescriptor.Entry.newBuilder()
                .setKey(key)
                .setValue(value)
                .build();
    }

    private static RateLimitUnit unit(long seconds) {
        return switch ((int) Math.min(seconds, Integer.MAX_VALUE)) {
            case 1 -> RateLimitUnit.SECOND;
            case 60 -> RateLimitUnit.MINUTE;
            case 3_600 -> RateLimitUnit.HOUR;
            case 86_400 -> RateLimitUnit.DAY;
            default -> RateLimitUnit.UNKNOWN;
        };
    }

    /** Null for an answer that says neither yes nor no. */
    static @Nullable Verdict verdict(RateLimitResponse response, int limits) {
        if (response.getOverallCode() != Code.OK && response.getOverallCode() != Code.OVER_LIMIT) {
            return null;
        }
        List<Standing> standings = new ArrayList<>(limits);
        for (int i = 0; i < limits; i++) {
            standings.add(
                    i < response.getStatusesCount() ? standing(response.getStatuses(i)) : Standing.unknown(false));
        }
        return new Verdict(
                response.getOverallCode() == Code.OVER_LIMIT,
                List.copyOf(standings),
                headers(response.getRequestHeadersToAddList()),
                headers(response.getResponseHeadersToAddList()),
                response.getRawBody().toStringUtf8());
    }

    private static Standing standing(DescriptorStatus status) {
        boolean over = status.getCode() == Code.OVER_LIMIT;
        if (!status.hasCurrentLimit()) {
            return Standing.unknown(over);
        }
        long window = seconds(status.getCurrentLimit().getUnit());
        long reset = status.getDurationUntilReset().getSeconds()
                + (status.getDurationUntilReset().getNanos() > 0 ? 1 : 0);
        long unsigned = Integer.toUnsignedLong(status.getCurrentLimit().getRequestsPerUnit());
        return new Standing(
                over,
                unsigned,
                window,
                over ? 0 : Integer.toUnsignedLong(status.getLimitRemaining()),
                over ? Math.max(1, reset) : reset);
    }

    private static long seconds(RateLimitResponse.RateLimit.Unit unit) {
        return switch (unit) {
            case SECOND -> 1;
            case MINUTE -> 60;
            case HOUR -> 3_600;
            case DAY -> 86_400;
            case WEEK -> 7 * 86_400;
            case MONTH -> 30 * 86_400;
            case YEAR -> 365 * 86_400;
            case UNKNOWN, UNRECOGNIZED -> 0;
        };
    }

    private static List<Map.Entry<String, String>> headers(List<HeaderValue> headers) {
        List<Map.Entry<String, String>> fields = new ArrayList<>(headers.size());
        for (HeaderValue header : headers) {
            String value = header.getValue().isEmpty() ? header.getRawValue().toStringUtf8() : header.getValue();
            if (Fields.isAllowed(header.getKey(), value)) {
                fields.add(Map.entry(header.getKey(), value));
            }
        }
        return List.copyOf(fields);
    }
}
