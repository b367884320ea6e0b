package io.periplus.lab.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.admission.Admission;
import io.periplus.lab.store.admission.ServiceAddresses;
import io.periplus.lab.store.types.Definition;
import io.periplus.lab.store.types.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The store: all objects in memory, every change written behind to SQLite. Reads take no lock; one lock orders the
 * commits. Besides {@link ObjectStore} it has what the REST server needs: lists with their resource version, the
 * changes since one, dry runs, and {@link Stamp}s.
 */
public final class SqliteObjectStore implements ObjectStore, AutoCloseable {
    /** Enough for the last hour of a busy lab. */
    private static final int EVENTS_MAX = 1000;

    private final ClusterConfig config;
    private final ConcurrentHashMap<String, Table> tables = new ConcurrentHashMap<>();
    private final ReentrantLock commits = new ReentrantLock();
    private final ServiceAddresses addresses;
    private final Admission admission;
    private final Journal journal;
    private final long opened;
    private long version;
    private volatile Registry registry;

    private SqliteObjectStore(Path file, ClusterConfig config) throws IOException {
        this.config = config;
        List<Runnable> loads = new ArrayList<>();
        journal = Journal.open(
                file,
                config.name(),
                (type, object) -> loads.add(() -> table(type).load(object)));
        // As many writes as the journal queues may have been seen by clients and yet not be on disk.
        version = journal.version() + Journal.QUEUE_MAX;
        opened = version;
        loads.forEach(Runnable::run);
        registry = Registry.with(table(Types.CRD.qualified()).list(null));
        addresses = new ServiceAddresses(
                config, table(ResourceType.SERVICE.qualified()).list(null));
        admission = new Admission(config, this::registry, this);
    }

    /** Opens or makes a cluster's state. */
    public static SqliteObjectStore open(Path file, ClusterConfig config) throws IOException {
        return new SqliteObjectStore(file, config);
    }

    public ClusterConfig config() {
        return config;
    }

    /** The types there are now. */
    public Registry registry() {
        return registry;
    }

    private Table table(String qualified) {
        Table table = tables.get(qualified);
        return table != null ? table : tables.computeIfAbsent(qualified, name -> new Table(opened));
    }

    private Table table(ResourceType type) {
        return table(type.qualified());
    }

    @Override
    public @Nullable ObjectNode get(ResourceType type, @Nullable String namespace, String name) {
        ObjectNode object = table(type).get(ObjectKey.of(namespace, name));
        return object == null ? null : inVersion(type, object);
    }

    @Override
    public List<ObjectNode> list(ResourceType type, @Nullable String namespace) {
        List<ObjectNode> objects = table(type).list(namespace);
        objects.replaceAll(object -> inVersion(type, object));
        return objects;
    }

    /** The same object under another version's name; versions differ in nothing else. */
    public static ObjectNode inVersion(ResourceType type, ObjectNode object) {
        if (Json.text(object, "apiVersion").equals(type.apiVersion())) {
            return object;
        }
        ObjectNode view = Json.object();
        view.setAll(object);
        view.put("apiVersion", type.apiVersion());
        return view;
    }

    /** All objects with the resource version at which they were like that. */
    public Listing listing(ResourceType type, @Nullable String namespace) {
        commits.lock();
        try {
            return new Listing(list(type, namespace), version);
        } finally {
            commits.unlock();
        }
    }

    /** The resource version of the latest write. */
    public long resourceVersion() {
        commits.lock();
        try {
            return version;
        } finally {
            commits.unlock();
        }
    }

    /**
     * The first change of a type after a resource version; null when none came within the time.
     *
     * @throws ApiException 410 Expired when changes in between are forgotten
     */
    public @Nullable Change nextChange(ResourceType type, long afterVersion, long timeoutNanos)
            throws InterruptedException {
        return table(type).history.after(afterVersion, timeoutNanos);
    }

    @Override
    public ObjectNode create(ResourceType type, ObjectNode object) {
        return create(type, object, false, Stamp.NONE);
    }

    /** As {@link #create(ResourceType, ObjectNode)}; a dry run does everything but the write. */
    public ObjectNode create(ResourceType type, ObjectNode object, boolean dryRun, Stamp stamp) {
        ObjectNode fresh = object.deepCopy();
        fresh.put("apiVersion", storage(type).apiVersion());
        fresh.put("kind", type.kind());
        NewObjects.prepare(type, fresh);
        boolean generated = Meta.name(object).isEmpty();
        admission.create(type, fresh);
        for (int attempt = 0; ; attempt++) {
            commits.lock();
            try {
                ObjectKey key = Meta.key(fresh);
                if (table(type).get(key) == null) {
                    admission.checkNamespace(type, fresh);
                    addresses.allocate(type, null, fresh, dryRun);
                    stamp.stamp(null, fresh);
                    Json.normalize(fresh);
                    return inVersion(type, commit(type, null, fresh, dryRun));
                }
            } finally {
                commits.unlock();
            }
            if (!generated || attempt == NewObjects.NAME_ATTEMPTS) {
                throw ApiException.alreadyExists(type, Meta.name(fresh));
            }
            NewObjects.rename(object, fresh);
        }
    }

    private ResourceType storage(ResourceType type) {
        Definition definition = registry.find(type);
        return definition == null ? type : definition.storage();
    }

    @Override
    public ObjectNode update(
            ResourceType type, @Nullable String namespace, String name, UnaryOperator<ObjectNode> change) {
        return write(type, namespace, name, Part.MAIN, change, false, Stamp.NONE);
    }

    @Override
    public ObjectNode updateStatus(
            ResourceType type, @Nullable String namespace, String name, UnaryOperator<ObjectNode> change) {
        return write(type, namespace, name, Part.STATUS, change, false, Stamp.NONE);
    }

    /** As {@link #update} or {@link #updateStatus}; a dry run does everything but the write. */
    public ObjectNode write(
            ResourceType type,
            @Nullable String namespace,
            String name,
            Part part,
            UnaryOperator<ObjectNode> change,
            boolean dryRun,
            Stamp stamp) {
        ObjectKey key = ObjectKey.of(namespace, name);
        while (true) {
            ObjectNode before = table(type).get(key);
            if (before == null) {
                throw ApiException.notFound(type, name);
            }
            ObjectNode after = change.apply(inVersion(type, before).deepCopy());
            after.put("apiVersion", storage(type).apiVersion());
            Updates.keepIdentity(before, after);
            after = Updates.restrict(registry.find(type), part, before, after);
            admission.update(type, part, before, after);
            Json.normalize(after);
            Updates.countGeneration(registry.find(type), before, after);
            commits.lock();
            try {
                if (table(type).get(key) != before) {
                    continue;
                }
                addresses.allocate(type, before, after, dryRun);
                stamp.stamp(before, after);
                Json.normalize(after);
                if (after.equals(before)) {
                    return inVersion(type, before);
                }
                boolean over = Lifetime.isOver(type, after);
                return inVersion(
                        type, over ? remove(type, before, after, dryRun) : commit(type, before, after, dryRun));
            } finally {
                commits.unlock();
            }
        }
    }

    @Override
    public void delete(
            ResourceType type,
            @Nullable String namespace,
            String name,
            @Nullable Long graceSeconds,
            @Nullable String uid) {
        delete(type, namespace, name, new Deletion(graceSeconds, Deletion.Propagation.BACKGROUND, uid, null, false));
    }

    /** Deletes with all options of the API. */
    public Deletion.Outcome delete(ResourceType type, @Nullable String namespace, String name, Deletion deletion) {
        commits.lock();
        try {
            ObjectNode before = table(type).get(ObjectKey.of(namespace, name));
            if (before == null) {
                throw ApiException.notFound(type, name);
            }
            Lifetime.checkPreconditions(type, before, deletion);
            ObjectNode after = Lifetime.terminate(type, before, deletion);
            Updates.countGeneration(registry.find(type), before, after);
            if (Lifetime.isOver(type, after)) {
                return new Deletion.Outcome(inVersion(type, remove(type, before, after, deletion.dryRun())), true);
            }
            ObjectNode marked = after.equals(before) ? before : commit(type, before, after, deletion.dryRun());
            return new Deletion.Outcome(inVersion(type, marked), false);
        } finally {
            commits.unlock();
        }
    }

    private ObjectNode commit(ResourceType type, @Nullable ObjectNode before, ObjectNode after, boolean dryRun) {
        if (dryRun) {
            return after;
        }
        version++;
        Meta.of(after).put("resourceVersion", Long.toString(version));
        if (before != null) {
            Sharing.share(before, after);
        }
        publish(type, new Change(version, before, after, after));
        return after;
    }

    private ObjectNode remove(ResourceType type, ObjectNode before, ObjectNode last, boolean dryRun) {
        if (dryRun) {
            return last;
        }
        version++;
        Meta.of(last).put("resourceVersion", Long.toString(version));
        addresses.release(type, before);
        publish(type, new Change(version, before, null, last));
        if (type.qualified().equals(Types.CRD.qualified())) {
            removeInstances(before);
        }
        return last;
    }

    /** Objects of a type that is no more go with it, whatever holds them: nobody could reach them again. */
    private void removeInstances(ObjectNode crd) {
        Definition definition = Registry.definition(crd);
        if (definition != null) {
            for (ObjectNode instance : table(definition.storage()).list(null)) {
                remove(definition.storage(), instance, instance.deepCopy(), false);
            }
        }
    }

    private void publish(ResourceType type, Change change) {
        journal.write(type.qualified(), change.key(), change.resourceVersion(), change.after());
        table(type).apply(change);
        if (type.qualified().equals(Types.CRD.qualified())) {
            registry = Registry.with(table(type).list(null));
        }
        if (type.equals(ResourceType.EVENT) && change.before() == null) {
            EventRetention.expired(table(type).list(null), EVENTS_MAX)
                    .forEach(event -> remove(type, event, event.deepCopy(), false));
        }
    }

    /** How many objects of a type there are. */
    public int count(ResourceType type) {
        return table(type).size();
    }

    @Override
    public Subscription watch(ResourceType type, Watcher listener) {
        commits.lock();
        try {
            ConflatingWatch watch =
                    new ConflatingWatch(table(type), listener, config.name() + "-" + type.plural(), list(type, null));
            table(type).watch(watch);
            watch.start();
            return watch;
        } finally {
            commits.unlock();
        }
    }

    /** Ends all watches; returns when everything is on disk. */
    @Override
    public void close() {
        tables.values().forEach(Table::close);
        journal.close();
    }
}
