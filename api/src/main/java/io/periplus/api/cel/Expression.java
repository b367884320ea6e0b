package io.periplus.api.cel;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** A compiled expression. Immutable, used from every thread. */
public final class Expression {
    private final String source;
    private final CelRuntime.Program program;

    Expression(String source, CelRuntime.Program program) {
        this.source = source;
        this.program = program;
    }

    /**
     * Whether it holds.
     *
     * @param unknown the answer when it cannot be evaluated, as what it asks about is not there
     */
    public boolean holds(Variables variables, boolean unknown) {
        try {
            return Boolean.TRUE.equals(evaluate(variables));
        } catch (CelEvaluationException _) {
            return unknown;
        }
    }

    /** Its value as text, a list's elements joined with a comma; empty for what cannot be evaluated. */
    public String text(Variables variables) {
        try {
            return text(evaluate(variables));
        } catch (CelEvaluationException _) {
            return "";
        }
    }

    private Object evaluate(Variables variables) throws CelEvaluationException {
        CelVariableResolver resolver = name -> Optional.ofNullable(variables.find(name));
        return program.eval(resolver);
    }

    private static String text(Object value) {
        return switch (value) {
            case CharSequence text -> text.toString();
            case Number number -> number.toString();
            case Boolean flag -> flag.toString();
            case List<?> list -> {
                StringJoiner joined = new StringJoiner(",");
                list.forEach(element -> joined.add(text(element)));
                yield joined.toString();
            }
            default -> "";
        };
    }

    @Override
    public String toString() {
        return source;
    }
}
