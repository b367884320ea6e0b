package io.periplus.lab.apiserver.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.apiserver.http.Call;
import io.periplus.lab.apiserver.http.StatusObject;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Change;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.Listing;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.SqliteObjectStore;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code watch}: a stream of events, one JSON object a line. */
final class Watches {
    /** As the API server: between 30 and 60 minutes when the client does not say. */
    private static final long DEFAULT_SECONDS = 1800;

    private static final Duration BOOKMARK_EVERY = Duration.ofSeconds(60);
    /** How often a quiet watch looks whether its server still runs. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final SqliteObjectStore store;
    private final BooleanSupplier stopping;

    Watches(SqliteObjectStore store, BooleanSupplier stopping) {
        this.store = store;
        this.stopping = stopping;
    }

    void watch(Call call, Target target) throws IOException {
        Stream stream = new Stream(call, target);
        try (OutputStream out = call.stream("application/json")) {
            stream.run(new LineSink(out));
        }
    }

    /** A watch whose events go elsewhere than into the reply. */
    Stream stream(Call call, Target target) {
        return new Stream(call, target);
    }

    /** Where events go, each a JSON object. */
    interface Sink {
        void write(byte[] event) throws IOException;

        boolean open();
    }

    private record LineSink(OutputStream out) implements Sink {
        @Override
        public void write(byte[] event) throws IOException {
            byte[] line = Arrays.copyOf(event, event.length + 1);
            line[event.length] = '\n';
            out.write(line);
            out.flush();
        }

        @Override
        public boolean open() {
            return true;
        }
    }

    final class Stream {
        private final Target target;
        private final Representation representation;
        private final Predicate<ObjectNode> selector;
        private final boolean bookmarks;
        private final String from;
        private final boolean initialEvents;
        private final boolean sendInitialEventsEnd;
        private final long deadline;
        private boolean first = true;

        private Stream(Call call, Target target) {
            this.target = target;
            this.representation = new Representation(call, target);
            String fields = call.query("fieldSelector");
            Predicate<ObjectNode> selected = Selectors.parse(call.query("labelSelector"), fields);
            this.selector = target.name().isEmpty()
                    ? selected
                    : selected.and(object -> Meta.name(object).equals(target.name()));
            this.bookmarks = call.flag("allowWatchBookmarks");
            this.from = call.query("resourceVersion");
            String asked = call.query("sendInitialEvents");
            this.initialEvents = asked.isEmpty() ? from.isEmpty() || from.equals("0") : asked.equals("true");
            this.sendInitialEventsEnd = asked.equals("true");
            @Nullable Long seconds = call.number("timeoutSeconds");
            long life = seconds != null && seconds > 0
                    ? seconds
                    : DEFAULT_SECONDS + ThreadLocalRandom.current().nextLong(DEFAULT_SECONDS);
            this.deadline = System.nanoTime() + Duration.ofSeconds(life).toNanos();
        }

        /** Returns when the watch is over. */
        void run(Sink sink) throws IOException {
            try {
                follow(begin(sink), sink);
            } catch (ApiException e) {
                ObjectNode event = Json.object().put("type", "ERROR");
                event.set("object", StatusObject.of(e));
                sink.write(Json.bytes(event));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Sends what is there already, if asked for; returns the resource version to go on from. */
        private long begin(Sink sink) throws IOException {
            if (!initialEvents) {
                long start = from.isEmpty() || from.equals("0") ? store.resourceVersion() : version(from);
                if (bookmarks) {
                    // The response's header leaves with the first event, and clients of a quiet watch wait for it.
                    bookmark(start, false, sink);
                }
                return start;
            }
            Listing listing = store.listing(target.type(), target.namespace());
            for (ObjectNode object : listing.items()) {
                if (selector.test(object)) {
                    send("ADDED", object, sink);
                }
            }
            if (sendInitialEventsEnd) {
                bookmark(listing.resourceVersion(), true, sink);
            }
            return listing.resourceVersion();
        }

        private static long version(String text) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw ApiException.badRequest("resourceVersion: Invalid value: \"" + text + "\": expected a number");
            }
        }

        private void follow(long start, Sink sink) throws IOException, InterruptedException {
            long seen = start;
            long bookmarkAt = System.nanoTime() + BOOKMARK_EVERY.toNanos();
            while (!stopping.getAsBoolean() && sink.open()) {
                long now = System.nanoTime();
                long left = Math.min(deadline - now, LOOK.toNanos());
                if (deadline - now <= 0) {
                    return;
                }
                if (bookmarks && bookmarkAt - now <= 0) {
                    // All changes up to the store's version can be read now, so what is left is later.
                    long upTo = store.resourceVersion();
                    seen = drain(seen, sink);
                    bookmark(Math.max(seen, upTo), false, sink);
                    bookmarkAt = now + BOOKMARK_EVERY.toNanos();
                }
                Change change = store.nextChange(target.type(), seen, left);
                if (change != null) {
                    send(change, sink);
                    seen = change.resourceVersion();
                }
            }
        }

        private long drain(long start, Sink sink) throws IOException, InterruptedException {
            long seen = start;
            for (Change change = store.nextChange(target.type(), seen, 0);
                    change != null;
                    change = store.nextChange(target.type(), seen, 0)) {
                send(change, sink);
                seen = change.resourceVersion();
            }
            return seen;
        }

        /** An object that begins or ceases to match the selector appears and disappears for the client. */
        private void send(Change change, Sink sink) throws IOException {
            String namespace = target.namespace();
            if (namespace != null && !Meta.namespace(change.last()).equals(namespace)) {
                return;
            }
            boolean was = change.before() != null && selector.test(change.before());
            boolean is = change.after() != null && selector.test(change.after());
            if (was || is) {
                send(!is ? "DELETED" : was ? "MODIFIED" : "ADDED", change.last(), sink);
            }
        }

        private void send(String type, ObjectNode object, Sink sink) throws IOException {
            ObjectNode event = Json.object().put("type", type);
            event.set("object", representation.event(SqliteObjectStore.inVersion(target.type(), object), first));
            first = false;
            sink.write(Json.bytes(event));
        }

        private void bookmark(long version, boolean initialEventsEnd, Sink sink) throws IOException {
            ObjectNode event = Json.object().put("type", "BOOKMARK");
            event.set("object", representation.bookmark(version, initialEventsEnd));
            sink.write(Json.bytes(event));
        }
    }
}
