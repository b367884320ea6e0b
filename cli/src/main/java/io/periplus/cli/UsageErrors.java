package io.periplus.cli;

import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in the words that users of {@code istioctl} know. */
final class UsageErrors {
    private UsageErrors() {}

    static String text(ParameterException error) {
        return switch (error) {
            case UnmatchedArgumentException unmatched ->
                unmatched(unmatched.getUnmatched().getFirst());
            case MissingParameterException missing -> missing(missing);
            default -> invalid(error);
        };
    }

    private static String unmatched(String argument) {
        if (argument.startsWith("--")) {
            return "unknown flag: " + argument.split("=", 2)[0];
        }
        if (argument.length() > 1 && argument.startsWith("-")) {
            return "unknown shorthand flag: '" + argument.charAt(1) + "' in " + argument;
        }
        return "unexpected argument \"" + argument + "\"";
    }

    private static String missing(MissingParameterException error) {
        return error.getMissing().isEmpty()
                ? String.valueOf(error.getMessage())
                : "flag needs an argument: " + name(error.getMissing().getFirst());
    }

    private static String invalid(ParameterException error) {
        ArgSpec flag = error.getArgSpec();
        String message = String.valueOf(error.getMessage());
        if (flag == null) {
            return message;
        }
        int reason = message.indexOf("': ");
        return "invalid argument \"" + error.getValue() + "\" for " + name(flag) + ": "
                + (reason >= 0 ? message.substring(reason + 3) : message);
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }
}
