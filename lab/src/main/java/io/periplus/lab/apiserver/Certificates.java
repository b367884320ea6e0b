package io.periplus.lab.apiserver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** X.509 certificates of a cluster, signed with ECDSA P-256 (RFC 5280). */
public final class Certificates {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Allowance for clocks that differ. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private Certificates() {}

    static X509Certificate selfSigned(KeyPair key, String commonName, Duration validity) {
        X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
        X509v3CertificateBuilder builder = builder(name, name, key.getPublic(), validity);
        add(builder, Extension.basicConstraints, true, new BasicConstraints(true));
        add(
                builder,
                Extension.keyUsage,
                true,
                new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature));
        return sign(builder, key);
    }

    static X509Certificate client(
            KeyPair caKey,
            X509Certificate ca,
            PublicKey key,
            String commonName,
            List<String> organizations,
            Duration validity) {
        X500NameBuilder name = new X500NameBuilder();
        organizations.forEach(organization -> name.addRDN(BCStyle.O, organization));
        name.addRDN(BCStyle.CN, commonName);
        X509v3CertificateBuilder builder = builder(issuer(ca), name.build(), key, validity);
        add(builder, Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        add(builder, Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
        return sign(builder, caKey);
    }

    static X509Certificate server(
            KeyPair caKey,
            X509Certificate ca,
            PublicKey key,
            List<String> dnsNames,
            List<InetAddress> addresses,
            Duration validity) {
        X500Name name =
                new X500NameBuilder().addRDN(BCStyle.CN, "kube-apiserver").build();
        X509v3CertificateBuilder builder = builder(issuer(ca), name, key, validity);
        List<GeneralName> names = new ArrayList<>();
        dnsNames.forEach(dnsName -> names.add(new GeneralName(GeneralName.dNSName, dnsName)));
        addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress())));
        add(builder, Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        add(builder, Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        add(builder, Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
        return sign(builder, caKey);
    }

    /** Whether a server certificate has all these names and addresses and stays valid for so long. */
    static boolean covers(
            X509Certificate certificate, List<String> dnsNames, List<InetAddress> addresses, Duration validity) {
        try {
            certificate.checkValidity(Date.from(Instant.now().plus(validity)));
            Set<Object> names = new HashSet<>();
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                alternatives.forEach(alternative -> names.add(alternative.get(1)));
            }
            return names.containsAll(dnsNames)
                    && names.containsAll(
                            addresses.stream().map(InetAddress::getHostAddress).toList());
        } catch (CertificateException e) {
            return false;
        }
    }

    private static X500Name issuer(X509Certificate ca) {
        return X500Name.getInstance(ca.getSubjectX500Principal().getEncoded());
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Duration validity) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(127, RANDOM).add(BigInteger.ONE),
                Date.from(now.minus(SKEW)),
                Date.from(now.plus(validity)),
                subject,
                key);
    }

    private static void add(
            X509v3CertificateBuilder builder,
            org.bouncycastle.asn1.ASN1ObjectIdentifier id,
            boolean critical,
            org.bouncycastle.asn1.ASN1Encodable value) {
        try {
            builder.addExtension(id, critical, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair key) {
        try {
            return Pem.convert(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(
                    "cannot sign with " + key.getPrivate().getAlgorithm(), e);
        }
    }

    /** Common name and organizations of a client certificate, most significant first. */
    public static Subject subject(X509Certificate certificate) {
        String commonName = "";
        List<String> organizations = new ArrayList<>();
        try {
            // In RFC 2253 form the most significant part is last.
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    commonName = part.getValue().toString();
                } else if (part.getType().equalsIgnoreCase("O")) {
                    organizations.add(part.getValue().toString());
                }
            }
        } catch (InvalidNameException e) {
            throw new IllegalArgumentException("subject: " + certificate.getSubjectX500Principal(), e);
        }
        return new Subject(commonName, organizations);
    }

    public record Subject(String commonName, List<String> organizations) {}
}
