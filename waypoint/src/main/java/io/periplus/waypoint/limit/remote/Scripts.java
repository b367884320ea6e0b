package io.periplus.waypoint.limit.remote;

/**
 * What Redis runs, on its own time, in microseconds since 2025 (so that a double keeps fractions of them): a key holds the time at
 * which its bucket is full again, and is gone by then.
 */
final class Scripts {
    /**
     * KEYS: the buckets. ARGV: whether one that is short spares the others, then for each bucket what to take and what it
     * holds. Gives what is left of each, or by how much it is short.
     */
    static final String TAKE = """
            local time = redis.call('TIME')
            local now = (time[1] - 1735689600) * 1000000 + time[2]
            local full, left = {}, {}
            local short = false
            for i = 1, #KEYS do
              local before = tonumber(redis.call('GET', KEYS[i]) or '0')
              if before < now then before = now end
              full[i] = before + tonumber(ARGV[2 * i])
              left[i] = tonumber(ARGV[2 * i + 1]) - (full[i] - now)
              if left[i] < 0 then short = true end
            end
            local answer = {}
            for i = 1, #KEYS do
              if left[i] >= 0 and not (short and ARGV[1] == '1') then
                redis.call('SET', KEYS[i], string.format('%.3f', full[i]), 'PX', math.ceil((full[i] - now) / 1000) + 1)
              end
              answer[i] = string.format('%.0f', left[i])
            end
            return answer
            """;

    /** KEYS: the buckets. ARGV: for each what to give back. */
    static final String GIVE_BACK = """
            local time = redis.call('TIME')
            local now = (time[1] - 1735689600) * 1000000 + time[2]
            for i = 1, #KEYS do
              local before = redis.call('GET', KEYS[i])
              if before then
                local full = tonumber(before) - tonumber(ARGV[i])
                if full <= now then
                  redis.call('DEL', KEYS[i])
                else
                  redis.call('SET', KEYS[i], string.format('%.3f', full), 'PX', math.ceil((full - now) / 1000) + 1)
                end
              end
            end
            return {}
            """;

    private Scripts() {}
}
