package io.periplus.api.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Compiles expressions about requests (cel-spec, with its standard macros and functions). The library is loaded with the
 * first expression.
 */
public final class Expressions {
    /** {@code string}: the method. */
    public static final String METHOD = "request.method";

    /** {@code string}: the path without query. */
    public static final String PATH = "request.path";

    /** {@code string}: what follows the question mark. */
    public static final String QUERY = "request.query";

    /** {@code string}: the host, lower case, without port. */
    public static final String HOST = "request.host";

    /** {@code map(string, string)}: the header fields by their lower-case names, several values joined with a comma. */
    public static final String HEADERS = "request.headers";

    /** {@code string}: {@code <issuer>/<subject>} of a verified token. */
    public static final String TOKEN_PRINCIPAL = "request.auth.principal";

    /** {@code map(string, dyn)}: the claims of a verified token. */
    public static final String CLAIMS = "request.auth.claims";

    /** {@code string}: the client's SPIFFE id. */
    public static final String PRINCIPAL = "source.principal";

    /** {@code string}: the namespace in the client's identity. */
    public static final String NAMESPACE = "source.namespace";

    /** {@code string}: the service account in the client's identity. */
    public static final String SERVICE_ACCOUNT = "source.service_account";

    /** {@code string}: the client's address. */
    public static final String ADDRESS = "source.address";

    /** {@code int}: the port that the client addressed. */
    public static final String PORT = "destination.port";

    private static final int LENGTH_MAX = 4_096;

    /** A request has at most a hundred header fields; nobody loops over more. */
    private static final int ITERATIONS_MAX = 1_000;

    /** As for regular expressions of routes. */
    private static final int PATTERN_MAX = 500;

    /** What an expression is to give. */
    public enum Result {
        /** Yes or no. */
        CONDITION,
        /** Something that has a text. */
        VALUE
    }

    private static final class Environment {
        static final CelOptions OPTIONS = CelOptions.current()
                .maxExpressionCodePointSize(LENGTH_MAX)
                .comprehensionMaxIterations(ITERATIONS_MAX)
                .maxRegexProgramSize(PATTERN_MAX)
                .build();
        static final CelCompiler COMPILER = compiler();
        static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder()
                .setOptions(OPTIONS)
                .build();

        private static CelCompiler compiler() {
            Map<String, CelType> variables = new TreeMap<>();
            for (String text : new String[] {
                METHOD, PATH, QUERY, HOST, TOKEN_PRINCIPAL, PRINCIPAL, NAMESPACE, SERVICE_ACCOUNT, ADDRESS
            }) {
                variables.put(text, SimpleType.STRING);
            }
            variables.put(HEADERS, MapType.create(SimpleType.STRING, SimpleType.STRING));
            variables.put(CLAIMS, MapType.create(SimpleType.STRING, SimpleType.DYN));
            variables.put(PORT, SimpleType.INT);
            CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                    .setOptions(OPTIONS)
                    .setStandardMacros(CelStandardMacro.STANDARD_MACROS);
            variables.forEach(builder::addVar);
            return builder.build();
        }
    }

    private Expressions() {}

    /** What is wrong with an expression; empty when it can be compiled. */
    public static Optional<String> problem(String source, Result result) {
        try {
            compile(source, result);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Compiles an expression.
     *
     * @throws IllegalArgumentException saying where what is wrong
     */
    public static Expression compile(String source, Result result) {
        if (source.length() > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "expression of " + source.length() + " characters (expected: at most " + LENGTH_MAX + ")");
        }
        CelValidationResult checked = Environment.COMPILER.compile(source);
        if (checked.hasError()) {
            CelIssue first = checked.getErrors().getFirst();
            throw new IllegalArgumentException("expression \"" + source + "\", column "
                    + (first.getSourceLocation().getColumn() + 1) + ": " + first.getMessage());
        }
        try {
            CelAbstractSyntaxTree tree = checked.getAst();
            CelType type = tree.getResultType();
            boolean fits = result == Result.VALUE || type.equals(SimpleType.BOOL) || type.equals(SimpleType.DYN);
            if (!fits) {
                throw new IllegalArgumentException(
                        "expression \"" + source + "\" gives " + type.name() + " (expected: a bool)");
            }
            return new Expression(source, Environment.RUNTIME.createProgram(tree));
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalArgumentException("expression \"" + source + "\": " + e.getMessage(), e);
        }
    }
}
