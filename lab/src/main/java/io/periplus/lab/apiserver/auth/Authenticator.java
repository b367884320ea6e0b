package io.periplus.lab.apiserver.auth;

import io.periplus.lab.apiserver.Certificates;
import io.periplus.lab.store.ApiException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/**
 * Who calls: a client certificate of the cluster's authority (common name and organizations), else a bearer token of a
 * service account, else nobody. TLS has verified the certificate already. Administrators may act as others.
 */
public final class Authenticator {
    private static final String BEARER = "Bearer ";
    private static final String MASTERS = "system:masters";

    private final ServiceAccountTokens tokens;

    public Authenticator(ServiceAccountTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * @throws ApiException 401 for a token that is not valid, 403 for a caller who may not act as somebody else
     */
    public User authenticate(Request request) {
        User caller = caller(request);
        String other = request.getHeaders().get("Impersonate-User");
        if (other == null) {
            return caller;
        }
        if (!caller.inGroup(MASTERS)) {
            throw new ApiException(
                    403,
                    "Forbidden",
                    "users \"" + other + "\" is forbidden: User \"" + caller.name()
                            + "\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope");
        }
        List<String> groups = new ArrayList<>(request.getHeaders().getValuesList("Impersonate-Group"));
        groups.add("system:authenticated");
        return new User(other, "", groups, Map.of());
    }

    private User caller(Request request) {
        if (request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE) instanceof EndPoint.SslSessionData tls) {
            X509Certificate[] chain = tls.peerCertificates();
            if (chain != null && chain.length > 0) {
                return user(chain[0]);
            }
        }
        String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (authorization == null || !authorization.startsWith(BEARER)) {
            return User.ANONYMOUS;
        }
        ServiceAccountTokens.Verified verified =
                tokens.verify(authorization.substring(BEARER.length()).trim(), List.of());
        if (verified == null) {
            throw new ApiException(401, "Unauthorized", "Unauthorized");
        }
        return verified.user();
    }

    private static User user(X509Certificate certificate) {
        Certificates.Subject subject = Certificates.subject(certificate);
        List<String> groups = new ArrayList<>(subject.organizations());
        groups.add("system:authenticated");
        return new User(subject.commonName(), "", groups, Map.of());
    }
}
