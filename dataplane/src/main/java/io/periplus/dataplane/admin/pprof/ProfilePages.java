package io.periplus.dataplane.admin.pprof;

import io.periplus.dataplane.admin.AdminPage;
import io.periplus.dataplane.admin.AdminRequest;
import io.periplus.dataplane.admin.AdminResponse;
import io.periplus.wire.pprof.Profile;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;

/**
 * The pages under {@code /debug/pprof}, with upstream's paths and parameters. A process takes one profile at a time, of whatever
 * kind: another one would be in it.
 */
public final class ProfilePages {
    private static final Parameter SECONDS = new Parameter("seconds", 10, 300);
    /** In samples for each second of processor time of a thread; the kernel's clock may allow fewer. */
    private static final Parameter FREQUENCY = new Parameter("frequency", 100, 1000);

    private final String program;
    private final AtomicBoolean taking = new AtomicBoolean();

    private ProfilePages(String program) {
        this.program = program;
    }

    /** The pages by path. {@code program} is what the profiles are said to be of. */
    public static Map<String, AdminPage> of(String program) {
        ProfilePages pages = new ProfilePages(program);
        return Map.of(
                "/debug/pprof/profile", request -> pages.toGet(request, pages::profile),
                "/debug/pprof/heap", request -> pages.toGet(request, pages::heap),
                "/debug/pprof/heap/profiling", ProfilePages::heapProfiling);
    }

    private AdminResponse toGet(AdminRequest request, AdminPage page) throws IOException {
        if (!request.method().equals("GET")) {
            return AdminResponse.methodNotAllowed("GET");
        }
        try {
            return page.answer(request);
        } catch (IllegalArgumentException e) {
            return AdminResponse.text(400, e.getMessage() + "\n");
        } catch (LinkageError e) {
            return AdminResponse.text(
                    501,
                    "This Java runtime cannot profile (expected: the modules jdk.jfr and jdk.management): " + e + "\n");
        }
    }

    private AdminResponse profile(AdminRequest request) throws IOException {
        int seconds = SECONDS.of(request);
        int frequency = FREQUENCY.of(request);
        if (!taking.compareAndSet(false, true)) {
            return busy();
        }
        boolean started = false;
        try {
            CpuRecording recording = new CpuRecording(Scratch.find(), frequency);
            started = true;
            return AdminResponse.file(
                    new CpuProfile(program, recording, Duration.ofSeconds(seconds), () -> taking.set(false)));
        } finally {
            if (!started) {
                taking.set(false);
            }
        }
    }

    private AdminResponse heap(AdminRequest request) throws IOException {
        if (!taking.compareAndSet(false, true)) {
            return busy();
        }
        try {
            Profile profile = HeapProfile.take(program);
            return AdminResponse.file(out -> {
                GZIPOutputStream gzip = new GZIPOutputStream(out);
                profile.writeTo(gzip);
                gzip.close();
            });
        } finally {
            taking.set(false);
        }
    }

    /** Upstream samples allocations only when told to. Here the heap itself is counted, so there is nothing to turn on or off. */
    private static AdminResponse heapProfiling(AdminRequest request) {
        return switch (request.query().getOrDefault("activate", "true")) {
            case "true", "false" -> AdminResponse.text(200, "heap profiling active: true\n");
            default ->
                AdminResponse.text(
                        400, "activate: " + request.query().get("activate") + " (expected: true or false)\n");
        };
    }

    private static AdminResponse busy() {
        return AdminResponse.text(409, "A profile is being taken already: wait until it has ended, and try again.\n");
    }

    private record Parameter(String name, int usual, int max) {
        /** @throws IllegalArgumentException naming what is expected */
        int of(AdminRequest request) {
            String text = request.query().get(name);
            if (text == null) {
                return usual;
            }
            try {
                int value = Integer.parseInt(text);
                if (value >= 1 && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw new IllegalArgumentException(
                    name + ": " + text + " (expected: 1 to " + max + ", " + usual + " without it)");
        }
    }
}
