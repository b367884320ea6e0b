package io.periplus.lab.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * The SQLite file behind a store: one row per object. One thread writes; whatever has queued up goes into one
 * transaction. A write is on disk a few milliseconds after its commit; a killed process loses at most the queue.
 */
final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    /** Bound of writes not yet on disk; the writers wait when it is reached. */
    static final int QUEUE_MAX = 4096;

    private static final int BATCH_MAX = 512;
    private static final Entry END = new Entry("", new ObjectKey("", ""), 0, null);

    private final Connection connection;
    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final Thread writer;

    private record Entry(
            String type,
            ObjectKey key,
            long resourceVersion,
            @Nullable ObjectNode object) {}

    private Journal(Connection connection, String name) {
        this.connection = connection;
        this.writer = Thread.ofPlatform().daemon().name("store-" + name).unstarted(this::run);
    }

    /** Opens or makes the file and hands every object in it to {@code loader} with its type's qualified name. */
    static Journal open(Path file, String name, BiConsumer<String, ObjectNode> loader) throws IOException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setCacheSize(-512);
        try {
            Connection connection = config.createConnection("jdbc:sqlite:" + file);
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE IF NOT EXISTS objects (type TEXT NOT NULL, namespace TEXT NOT NULL,"
                        + " name TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,"
                        + " PRIMARY KEY (type, namespace, name))");
                statement.execute("CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER)");
                try (ResultSet rows = statement.executeQuery("SELECT type, body FROM objects")) {
                    while (rows.next()) {
                        loader.accept(rows.getString(1), Json.parseObject(rows.getBytes(2)));
                    }
                }
            }
            connection.setAutoCommit(false);
            Journal journal = new Journal(connection, name);
            journal.writer.start();
            return journal;
        } catch (SQLException e) {
            throw new IOException("cannot open the cluster's state " + file + ": " + e.getMessage(), e);
        }
    }

    /** The highest resource version on disk. */
    long version() throws IOException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT max(v) FROM (SELECT max(version) AS v FROM objects"
                        + " UNION ALL SELECT value FROM counters WHERE name = 'version')")) {
            return rows.next() ? rows.getLong(1) : 0;
        } catch (SQLException e) {
            throw new IOException("cannot read the cluster's state: " + e.getMessage(), e);
        }
    }

    void write(String type, ObjectKey key, long resourceVersion, @Nullable ObjectNode object) {
        put(new Entry(type, key, resourceVersion, object));
    }

    private void put(Entry entry) {
        boolean interrupted = false;
        while (true) {
            try {
                queue.put(entry);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Entry> batch = new ArrayList<>();
        boolean more = true;
        while (more) {
            try {
                batch.add(queue.take());
                queue.drainTo(batch, BATCH_MAX);
                more = !batch.remove(END);
                store(batch);
            } catch (SQLException e) {
                LOG.error("could not store {} objects; they are lost if the lab ends now", batch.size(), e);
            } catch (InterruptedException e) {
                LOG.warn("interrupted; only close() ends this thread");
            }
            batch.clear();
        }
    }

    private void store(List<Entry> batch) throws SQLException {
        if (batch.isEmpty()) {
            return;
        }
        try (PreparedStatement put = connection.prepareStatement("INSERT OR REPLACE INTO objects VALUES (?,?,?,?,?)");
                PreparedStatement remove = connection.prepareStatement(
                        "DELETE FROM objects WHERE type = ? AND namespace = ? AND name = ?");
                PreparedStatement counter =
                        connection.prepareStatement("INSERT OR REPLACE INTO counters VALUES ('version', ?)")) {
            for (Entry entry : batch) {
                PreparedStatement statement = entry.object() == null ? remove : put;
                statement.setString(1, entry.type());
                statement.setString(2, entry.key().namespace());
                statement.setString(3, entry.key().name());
                if (entry.object() != null) {
                    statement.setLong(4, entry.resourceVersion());
                    statement.setBytes(5, Json.bytes(entry.object()));
                }
                statement.executeUpdate();
            }
            counter.setLong(1, batch.getLast().resourceVersion());
            counter.executeUpdate();
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        }
    }

    /** Returns when everything is on disk. */
    @Override
    public void close() {
        put(END);
        try {
            writer.join();
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            LOG.warn("closing the cluster's state: {}", e.getMessage());
        }
    }
}
