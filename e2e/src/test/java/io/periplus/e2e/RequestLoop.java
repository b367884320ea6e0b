package io.periplus.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One request after another from the sample's client pod, each on a connection of its own, until closed. */
final class RequestLoop implements AutoCloseable {
    /** The loop ends by itself after this many requests, so that nothing runs on if a test is killed. */
    private static final int REQUESTS_MAX = 6000;

    private final Process process;
    private final List<Answer> answers = new CopyOnWriteArrayList<>();
    private final Thread reader;

    /**
     * @param status HTTP status, {@code 000} when there was none
     */
    record Answer(Instant at, String status) {}

    private RequestLoop(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    static RequestLoop start(Cluster cluster, String namespace, String method) throws IOException {
        String script = """
                i=0
                while [ $i -lt %d ]; do
                  i=$((i+1))
                  code=$(curl -s -o /dev/null -w '%%{http_code}' --max-time 10 -X %s %s)
                  echo "$(date +%%s%%3N) $code"
                done
                """.formatted(REQUESTS_MAX, method, Sample.URL);
        return new RequestLoop(cluster.kubectl("exec", "-n", namespace, "deploy/curl", "--", "sh", "-c", script)
                .start());
    }

    List<Answer> answers() {
        return List.copyOf(answers);
    }

    /** Everything that was not the given status. */
    List<Answer> otherThan(String status) {
        return answers.stream()
                .filter(answer -> !answer.status().equals(status))
                .toList();
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                answers.add(new Answer(Instant.ofEpochMilli(Long.parseLong(words[0])), words[1]));
            }
        } catch (IOException e) {
            // The process was ended; what was read stands.
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
