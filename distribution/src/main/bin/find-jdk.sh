# Sourced by the launchers: find_jdk prints the home of a JDK 25 or newer, or fails with nothing.
# A JDK says its version in the file `release`; no JVM is started to ask.

jdk_feature_version() {
    local version
    [ -r "$1/release" ] && [ -x "$1/bin/java" ] || return 1
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    [ -n "$version" ] && echo "$version"
}

is_jdk_25() {
    local version
    version=$(jdk_feature_version "$1") && [ "$version" -ge 25 ]
}

find_jdk() {
    local candidate java
    if [ -n "${JAVA_HOME:-}" ] && is_jdk_25 "$JAVA_HOME"; then
        echo "$JAVA_HOME"
        return
    fi
    if java=$(command -v java); then
        candidate=$(dirname "$(dirname "$(readlink -f "$java")")")
        if is_jdk_25 "$candidate"; then
            echo "$candidate"
            return
        fi
    fi
    for candidate in /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* /opt/java/* /opt/jdk*; do
        if is_jdk_25 "$candidate"; then
            readlink -f "$candidate"
            return
        fi
    done
    return 1
}

no_jdk() {
    cat >&2 <<'TEXT'
Error: no JDK 25 or newer found (looked at JAVA_HOME, java on the PATH, /usr/lib/jvm, ~/.sdkman and /opt).
  Debian, Ubuntu:  apt-get install temurin-25-jdk   (from the Adoptium repository, https://adoptium.net/installation/linux)
                   or apt-get install openjdk-25-jdk where the release has it
  anywhere:        unpack a JDK 25 and set JAVA_HOME to its directory
TEXT
}
