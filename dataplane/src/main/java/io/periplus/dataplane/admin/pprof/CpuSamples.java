package io.periplus.dataplane.admin.pprof;

import io.periplus.dataplane.admin.pprof.ProfileBuilder.Frame;
import io.periplus.dataplane.admin.pprof.ProfileBuilder.Stack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/** Reads the samples of a recording: those of processor time, or, if there are none, those of running threads. */
final class CpuSamples {
    /** The thread had no stack of Java that could be walked: it was in the JVM itself. */
    private static final List<Frame> UNWALKABLE = List.of(Frame.named("(no Java stack)"));

    private final ProfileBuilder profile;
    private final long periodNanos;
    /** Each part of a recording says each stack once, and so it is translated once. */
    private final Map<RecordedStackTrace, List<Frame>> stacks = new IdentityHashMap<>();

    private long samples;
    private long lost;

    CpuSamples(ProfileBuilder profile, long periodNanos) {
        this.profile = profile;
        this.periodNanos = periodNanos;
    }

    void read(Path recording) throws IOException {
        read(recording, CpuRecording.CPU_TIME_SAMPLE);
        if (samples == 0) {
            read(recording, CpuRecording.EXECUTION_SAMPLE);
            if (samples > 0) {
                profile.comment("No sample of processor time was taken: estimated from samples of running threads.");
            }
        }
        if (lost > 0) {
            profile.comment(lost + " samples were lost, beside " + samples + " that were not.");
        }
    }

    private void read(Path recording, String type) throws IOException {
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                String name = event.getEventType().getName();
                if (name.equals(type)) {
                    add(event, type.equals(CpuRecording.CPU_TIME_SAMPLE));
                } else if (name.equals(CpuRecording.CPU_TIME_SAMPLES_LOST)) {
                    lost += event.getInt("lostSamples");
                }
            }
        }
    }

    private void add(RecordedEvent event, boolean cpuTime) {
        long nanos = cpuTime ? event.getDuration("samplingPeriod").toNanos() : periodNanos;
        RecordedThread thread = event.getThread(cpuTime ? "eventThread" : "sampledThread");
        samples++;
        profile.add(new Stack(frames(event.getStackTrace()), thread == null ? null : name(thread)), 1, nanos);
    }

    private static String name(RecordedThread thread) {
        String name = thread.getJavaName();
        return name == null || name.isEmpty() ? "virtual" : name;
    }

    private List<Frame> frames(@Nullable RecordedStackTrace trace) {
        if (trace == null) {
            return UNWALKABLE;
        }
        if (stacks.size() > ProfileBuilder.STACKS_MAX) {
            stacks.clear(); // of earlier parts, most of them
        }
        return stacks.computeIfAbsent(trace, CpuSamples::translate);
    }

    private static List<Frame> translate(RecordedStackTrace trace) {
        return trace.getFrames().stream().map(CpuSamples::frame).toList();
    }

    private static Frame frame(RecordedFrame frame) {
        RecordedMethod method = frame.getMethod();
        RecordedClass type = method.getType();
        return new Frame(
                type.getName() + "." + method.getName(), file(type.getName()), Math.max(0, frame.getLineNumber()));
    }

    /** Where the class is by custom: recordings do not say it. */
    private static String file(String className) {
        int nested = className.indexOf('$');
        return (nested < 0 ? className : className.substring(0, nested)).replace('.', '/') + ".java";
    }
}
