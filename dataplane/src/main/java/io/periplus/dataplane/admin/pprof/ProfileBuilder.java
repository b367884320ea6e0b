package io.periplus.dataplane.admin.pprof;

import io.periplus.wire.pprof.Function;
import io.periplus.wire.pprof.Label;
import io.periplus.wire.pprof.Line;
import io.periplus.wire.pprof.Location;
import io.periplus.wire.pprof.Mapping;
import io.periplus.wire.pprof.Profile;
import io.periplus.wire.pprof.Sample;
import io.periplus.wire.pprof.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects samples, and counts those of the same stack as one. */
final class ProfileBuilder {
    /** What a profile shows is in far fewer; each takes up to some kilobytes until the profile is written. */
    static final int STACKS_MAX = 10_000;

    /** Takes the samples whose stacks would be too many. */
    private static final Stack OTHERS = new Stack(List.of(Frame.named("(other stacks)")), null);

    private final Profile.Builder profile = Profile.newBuilder();
    private final Map<String, Integer> strings = new HashMap<>();
    private final Map<String, Long> functions = new HashMap<>();
    private final Map<Frame, Long> locations = new HashMap<>();
    private final Map<Stack, long[]> samples = new HashMap<>();

    /** @param program what the profile is of */
    ProfileBuilder(String program) {
        string("");
        profile.addMapping(Mapping.newBuilder()
                .setId(1)
                .setFilename(string(program))
                .setHasFunctions(true)
                .setHasFilenames(true)
                .setHasLineNumbers(true)
                .setHasInlineFrames(true));
    }

    /** The values of each sample, in the order of these calls; the last one is what readers show first. */
    ProfileBuilder values(String type, String unit) {
        profile.addSampleType(valueType(type, unit)).setDefaultSampleType(string(type));
        return this;
    }

    /** When it was taken, and how much of it there is between two samples. */
    ProfileBuilder taken(long startNanos, long durationNanos) {
        profile.setTimeNanos(startNanos).setDurationNanos(durationNanos);
        return this;
    }

    ProfileBuilder period(String type, String unit, long period) {
        profile.setPeriodType(valueType(type, unit)).setPeriod(period);
        return this;
    }

    ProfileBuilder comment(String text) {
        profile.addComment(string(text));
        return this;
    }

    /** @param values one for each type of value */
    void add(Stack stack, long... values) {
        Stack key = samples.size() < STACKS_MAX || samples.containsKey(stack) ? stack : OTHERS;
        long[] sum = samples.computeIfAbsent(key, unused -> new long[values.length]);
        for (int i = 0; i < values.length; i++) {
            sum[i] += values[i];
        }
    }

    Profile build() {
        samples.forEach((stack, values) -> profile.addSample(sample(stack, values)));
        return profile.build();
    }

    private Sample sample(Stack stack, long[] values) {
        Sample.Builder sample = Sample.newBuilder();
        stack.frames().forEach(frame -> sample.addLocationId(location(frame)));
        for (long value : values) {
            sample.addValue(value);
        }
        if (stack.thread() != null) {
            sample.addLabel(Label.newBuilder().setKey(string("thread")).setStr(string(stack.thread())));
        }
        return sample.build();
    }

    private long location(Frame frame) {
        Long known = locations.get(frame);
        if (known != null) {
            return known;
        }
        long id = locations.size() + 1L;
        locations.put(frame, id);
        profile.addLocation(Location.newBuilder()
                .setId(id)
                .setMappingId(1)
                .addLine(Line.newBuilder().setFunctionId(function(frame)).setLine(frame.line())));
        return id;
    }

    private long function(Frame frame) {
        Long known = functions.get(frame.function());
        if (known != null) {
            return known;
        }
        long id = functions.size() + 1L;
        functions.put(frame.function(), id);
        long name = string(frame.function());
        profile.addFunction(Function.newBuilder()
                .setId(id)
                .setName(name)
                .setSystemName(name)
                .setFilename(string(frame.file())));
        return id;
    }

    private ValueType valueType(String type, String unit) {
        return ValueType.newBuilder()
                .setType(string(type))
                .setUnit(string(unit))
                .build();
    }

    private int string(String text) {
        Integer known = strings.putIfAbsent(text, strings.size());
        if (known != null) {
            return known;
        }
        profile.addStringTable(text);
        return strings.size() - 1;
    }

    /**
     * Where a sample was taken.
     *
     * @param function the method with its class, or what stands for one
     * @param file empty if there is none
     * @param line 0 if it is not known
     */
    record Frame(String function, String file, int line) {
        static Frame named(String name) {
            return new Frame(name, "", 0);
        }
    }

    /**
     * What a sample was taken in.
     *
     * @param frames the innermost first
     * @param thread the thread's name
     */
    record Stack(List<Frame> frames, @Nullable String thread) {}
}
