package io.periplus.controlplane;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.periplus.controlplane.auth.AuthInterceptor;
import io.periplus.controlplane.auth.TokenAuthenticator;
import io.periplus.controlplane.ca.CaException;
import io.periplus.controlplane.ca.CertificateAuthority;
import io.periplus.controlplane.ca.CertificateService;
import io.periplus.controlplane.ca.NodeAuthorizer;
import io.periplus.controlplane.ca.PluggedInCa;
import io.periplus.controlplane.ca.SignerWatch;
import io.periplus.controlplane.ca.SigningBundle;
import io.periplus.controlplane.http.DebugPages;
import io.periplus.controlplane.http.HttpEndpoint;
import io.periplus.controlplane.jwks.KeyFetcher;
import io.periplus.controlplane.kube.CaSecret;
import io.periplus.controlplane.kube.KubeTokenReviewer;
import io.periplus.controlplane.kube.Watches;
import io.periplus.controlplane.mesh.MeshConfigSource;
import io.periplus.controlplane.xds.Catalog;
import io.periplus.controlplane.xds.Connections;
import io.periplus.controlplane.xds.DiscoveryService;
import io.periplus.model.AmbientIndex;
import io.periplus.model.authn.FetchedKeys;
import io.periplus.model.authn.KeySource;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane, wired: what watches feeds the index, what the index derives is served, written and deployed. */
public final class ControlPlane implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

    private final ControlPlaneConfig config;
    private final KubernetesClient client;
    private final Clock clock = Clock.systemUTC();
    private final Metrics metrics = new Metrics();
    private final Catalog catalog = new Catalog();
    private final Connections connections = new Connections(metrics);
    private final PodDirectory pods = new PodDirectory();
    private final AmbientIndex index;
    private final IndexLoop loop;
    private final Thread loopThread;
    private final Watches watches;
    private final KeyFetcher keys;
    private final Controllers controllers;
    private final HttpEndpoint http;
    private final HttpEndpoint monitoring;
    private final GrpcServers servers;
    private final CountDownLatch isReady = new CountDownLatch(1);
    private volatile boolean ready;
    private volatile @Nullable SignerWatch signer;

    /**
     * A control plane, not started.
     *
     * @throws IOException when a port is taken
     */
    public ControlPlane(ControlPlaneConfig config, KubernetesClient client) throws IOException {
        this.config = config;
        this.client = client;
        index = new AmbientIndex(config.mesh());
        loop = new IndexLoop(index, catalog, config.debounce(), metrics);
        index.watched.pods.observe(pods::apply);
        keys = new KeyFetcher(config.jwks(), this::fetched, metrics);
        index.wantedKeys.observe(keys::changed);
        controllers = new Controllers(config, client, loop, index, metrics, clock);
        loopThread = new Thread(loop, "index");
        MeshConfigSource meshConfig =
                new MeshConfigSource(config.mesh(), client.getKubernetesSerialization(), loop, metrics);
        watches = new Watches(client, loop, config.mesh().revision(), meshConfig, metrics);
        DebugPages pages =
                new DebugPages(config, catalog, connections, metrics, client.getKubernetesSerialization()::asJson);
        http = new HttpEndpoint(config.ports().http());
        http.page("/ready", () -> ready ? HttpEndpoint.Page.ok("") : HttpEndpoint.Page.unavailable(waitingFor()));
        monitoring = new HttpEndpoint(config.ports().monitoring());
        pages.register(monitoring);
        servers = new GrpcServers(config, metrics);
    }

    /** Starts everything and returns once the servers listen; readiness may follow later. */
    public void start() throws IOException, CaException {
        long begin = System.nanoTime();
        http.start();
        monitoring.start();
        loopThread.start();
        watches.start();

        CertificateAuthority authority =
                new CertificateAuthority(signingBundle(), config.defaultCertLife(), config.maxCertLife(), clock);
        TokenAuthenticator authenticator =
                new TokenAuthenticator(new KubeTokenReviewer(client), config.tokenAudiences(), clock);
        servers.start(
                authority,
                new AuthInterceptor(authenticator, config.mesh().clusterId(), metrics),
                new DiscoveryService(catalog, connections, () -> ready, metrics, clock),
                new CertificateService(
                        authority,
                        new NodeAuthorizer(
                                config.trustedNodeAccounts(), config.mesh().trustDomain(), pods),
                        config.mesh().trustDomain(),
                        metrics));
        metrics.gauge(
                "citadel_server_cert_chain_expiry_timestamp",
                "",
                () -> authority.signerEnd().getEpochSecond());
        SignerWatch watch = new SignerWatch(config.rootCaDirectory(), authority, () -> resign(authority), clock);
        signer = watch;
        watch.start();
        Thread.ofVirtual().name("readiness").start(() -> awaitReady(authority));
        LOG.info("listening after {} ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    /** Whether the index is complete. */
    public boolean isReady() {
        return ready;
    }

    /** Waits until the index is complete; false when it takes longer. */
    public boolean awaitReady(long time, TimeUnit unit) throws InterruptedException {
        return isReady.await(time, unit);
    }

    /** The port of the secure server, for tests that let the system choose. */
    public int securePort() {
        return servers.securePort();
    }

    /** The ports of the HTTP servers: readiness, monitoring. */
    public List<Integer> httpPorts() {
        return List.of(http.port(), monitoring.port());
    }

    @Override
    public void close() {
        ready = false;
        SignerWatch watch = signer;
        if (watch != null) {
            watch.close();
        }
        servers.close();
        controllers.close();
        watches.close();
        keys.close();
        loopThread.interrupt();
        http.close();
        monitoring.close();
        client.close();
    }

    private void fetched(KeySource source, @Nullable FetchedKeys fetched) {
        loop.submit(index -> {
            if (fetched == null) {
                index.watched.fetchedKeys.remove(source);
            } else {
                index.watched.fetchedKeys.put(source, fetched);
            }
        });
    }

    private SigningBundle signingBundle() throws CaException {
        Optional<SigningBundle> pluggedIn = PluggedInCa.load(config.rootCaDirectory());
        if (pluggedIn.isPresent()) {
            LOG.info("signing with the plugged-in CA of {}", config.rootCaDirectory());
            return pluggedIn.get();
        }
        LOG.info("no CA in {}: signing with a self-signed root", config.rootCaDirectory());
        return new CaSecret(client, config.namespace(), config.mesh().trustDomain(), clock).load();
    }

    private void resign(CertificateAuthority authority) {
        servers.renew(authority);
        controllers.roots(authority.roots());
    }

    private void awaitReady(CertificateAuthority authority) {
        try {
            watches.awaitListed();
            CountDownLatch settled = new CountDownLatch(1);
            loop.afterNext(settled::countDown);
            settled.await();
            ready = true;
            isReady.countDown();
            controllers.start(authority.roots());
            LOG.info("ready: every kind is listed and the index has settled");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String waitingFor() {
        List<String> missing = watches.missing();
        return missing.isEmpty() ? "the index has not settled yet" : "not listed yet: " + String.join(", ", missing);
    }
}
