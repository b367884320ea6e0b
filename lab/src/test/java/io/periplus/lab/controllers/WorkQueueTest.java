package io.periplus.lab.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(5)
class WorkQueueTest {
    private final WorkQueue<String> queue = new WorkQueue<>();

    @Test
    void a_key_asked_for_twice_is_worked_on_once() throws InterruptedException {
        queue.add("a");
        queue.add("a");
        queue.add("b");
        assertThat(queue.take()).isEqualTo("a");
        assertThat(queue.take()).isEqualTo("b");
    }

    @Test
    void a_key_asked_for_while_it_is_worked_on_comes_back_afterwards() throws InterruptedException {
        queue.add("a");
        queue.take();
        queue.add("a");
        queue.add("b");
        assertThat(queue.take()).isEqualTo("b");
        queue.done("a", false);
        assertThat(queue.take()).isEqualTo("a");
    }

    @Test
    void a_failed_key_comes_back_by_itself() throws InterruptedException {
        queue.add("a");
        queue.take();
        queue.done("a", true);
        assertThat(queue.failures("a")).isEqualTo(1);
        assertThat(queue.take()).isEqualTo("a");
        queue.done("a", false);
        assertThat(queue.failures("a")).isZero();
    }

    @Test
    void pauses_double_up_to_a_limit() {
        assertThat(WorkQueue.backOff(1)).isEqualTo(Duration.ofMillis(10));
        assertThat(WorkQueue.backOff(4)).isEqualTo(Duration.ofMillis(80));
        assertThat(WorkQueue.backOff(1000)).isEqualTo(WorkQueue.BACK_OFF_LAST);
    }

    @Test
    void of_two_pauses_for_a_key_the_shorter_counts() throws InterruptedException {
        queue.addAfter("a", Duration.ofHours(1));
        queue.addAfter("a", Duration.ofMillis(5));
        queue.addAfter("a", Duration.ofHours(2));
        assertThat(queue.take()).isEqualTo("a");
    }

    @Test
    void a_pause_that_ends_wakes_a_worker_while_another_one_is_busy() throws InterruptedException {
        var second = new LinkedBlockingQueue<String>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                for (String key = queue.take(); key != null; key = queue.take()) {
                    second.add(key);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        queue.addAfter("later", Duration.ofMillis(30));
        assertThat(second.take()).isEqualTo("later");
        queue.close();
        waiting.join();
    }

    @Test
    void workers_leave_a_closed_queue() throws InterruptedException {
        queue.add("a");
        queue.close();
        assertThat(queue.take()).isNull();
    }
}
