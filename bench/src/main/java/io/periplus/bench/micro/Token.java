package io.periplus.bench.micro;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.http.HttpFields;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.authn.AuthenticationStore;
import io.periplus.waypoint.authn.TokenCheck;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.wire.waypoint.RequestAuthentication;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.TokenRule;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.AppProtocol;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The verification of a request's token. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Token {
    private static final String ISSUER = "https://issuer.example.com";
    private static final Destination ADDRESSED = new Destination.OfService(
            "accounts/" + TenantPolicies.HOST,
            TenantPolicies.NAMESPACE,
            TenantPolicies.HOST,
            "accounts",
            IpAddress.parse("10.96.0.10"),
            TenantPolicies.PORT,
            AppProtocol.HTTP11);

    @Param({"RS256", "ES256"})
    String algorithm = "";

    private final AuthenticationStore store = new AuthenticationStore();
    private TokenCheck warm = new TokenCheck(store);
    private byte[] authorization = {};

    /** Makes a key, a rule for it, and a token with claims as an identity provider writes them. */
    @Setup
    public void prepare() throws GeneralSecurityException {
        boolean rsa = algorithm.equals("RS256");
        KeyPairGenerator generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "EC");
        if (rsa) {
            generator.initialize(2048);
        } else {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        }
        KeyPair pair = generator.generateKeyPair();
        String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"a\",\"typ\":\"JWT\"}";
        String claims =
                "{\"iss\":\"" + ISSUER + "\",\"sub\":\"7d9c0a1e-52f4-4bb4-9f5e-0c9a6e1b2f11\",\"aud\":[\"shop\"],"
                        + "\"exp\":4102444800,\"iat\":1700000000,\"scope\":\"openid profile email orders.read orders.write\","
                        + "\"groups\":[\"staff\",\"sales\",\"europe\"],\"email\":\"alice@example.com\","
                        + "\"realm_access\":{\"roles\":[\"user\",\"editor\"]}}";
        String signed =
                base64(header.getBytes(StandardCharsets.UTF_8)) + "." + base64(claims.getBytes(StandardCharsets.UTF_8));
        Signature signer = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
        signer.initSign(pair.getPrivate());
        signer.update(signed.getBytes(StandardCharsets.US_ASCII));
        authorization = ("Bearer " + signed + "." + base64(signer.sign())).getBytes(StandardCharsets.US_ASCII);
        store.apply(
                Map.of(
                        "accounts/tokens",
                        RequestAuthentication.newBuilder()
                                .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                                .addRules(TokenRule.newBuilder()
                                        .setIssuer(ISSUER)
                                        .addAudiences("shop")
                                        .setJwks("{\"keys\":[" + jwk(pair) + "]}"))
                                .build()),
                List.of());
        warm = new TokenCheck(store);
        if (!(repeated() instanceof TokenCheck.Result.Accepted)) {
            throw new IllegalStateException("the token is refused");
        }
    }

    private static String jwk(KeyPair pair) {
        return switch (pair.getPublic()) {
            case RSAPublicKey key ->
                "{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\""
                        + number(key.getModulus().toByteArray(), 256) + "\",\"e\":\"AQAB\"}";
            case ECPublicKey key ->
                "{\"kty\":\"EC\",\"kid\":\"a\",\"crv\":\"P-256\",\"x\":\""
                        + number(key.getW().getAffineX().toByteArray(), 32) + "\",\"y\":\""
                        + number(key.getW().getAffineY().toByteArray(), 32) + "\"}";
            default -> throw new IllegalStateException();
        };
    }

    private static String number(byte[] signed, int bytes) {
        byte[] unsigned = new byte[bytes];
        int length = Math.min(bytes, signed.length);
        System.arraycopy(signed, signed.length - length, unsigned, bytes - length, length);
        return base64(unsigned);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private RequestHead request() {
        HttpFields fields = new HttpFields();
        // A text of its own, as every request has from its connection.
        fields.set(HttpHeaderNames.AUTHORIZATION, new AsciiString(authorization, true));
        return new RequestHead("GET", "http", TenantPolicies.HOST, "/orders?page=2", fields);
    }

    /** A token that was verified before. */
    @Benchmark
    public TokenCheck.Result repeated() {
        return warm.of(ADDRESSED, request());
    }

    /** A token that is new: taken apart, and its signature verified. */
    @Benchmark
    public TokenCheck.Result first() {
        return new TokenCheck(store).of(ADDRESSED, request());
    }
}
