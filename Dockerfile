# Built in stages, run in one that has a Java runtime and nothing to build with. What changes seldom
# comes first: runtime, libraries, our jar, the archive of classes.
#   docker build -t cistern:0.1.0 .

FROM maven:3.9.11-eclipse-temurin-17 AS build
WORKDIR /src
COPY pom.xml .
RUN mvn -B -q -ntp dependency:go-offline
COPY src src
RUN mvn -B -q -ntp -DskipTests package

# All of Java SE, since routes may use any of it, but no compiler, and a sixth of a JDK's size.
FROM eclipse-temurin:17.0.17_10-jdk-noble AS runtime
RUN jlink --output /opt/java --strip-java-debug-attributes --no-header-files --no-man-pages --compress=2 \
        --include-locales=en --add-modules java.se,jdk.charsets,jdk.crypto.ec,jdk.jcmd,jdk.jfr,jdk.localedata,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.security.auth,jdk.security.jgss,jdk.unsupported,jdk.zipfs \
    && /opt/java/bin/java -Xshare:dump

FROM debian:12.12-slim AS application
# For the embedded Redis, which runs where none is named.
RUN apt-get update && apt-get install -y --no-install-recommends libssl3 && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /opt/cistern --shell /usr/sbin/nologin cistern \
    && install -d -o cistern -g cistern /var/cache/cistern
COPY --from=runtime /opt/java /opt/java
ENV PATH=/opt/java/bin:$PATH LANG=C.UTF-8 CISTERN_DATA_DIR=/var/cache/cistern
WORKDIR /opt/cistern
COPY --from=build /src/target/lib target/lib
COPY --from=build /src/target/cistern.jar target/
COPY config/application.properties config/
COPY routes routes
USER 10001

# Classes as the JVM lays them out in memory: a third less work until it is ready.
FROM application AS archive
COPY config/compose/train /tmp/
RUN /tmp/train /tmp/cistern.jsa

FROM application
LABEL org.opencontainers.image.title="Cistern" \
      org.opencontainers.image.description="A cache in front of anything slow that Apache Camel can reach" \
      org.opencontainers.image.version="0.1.0"
COPY --from=archive /tmp/cistern.jsa target/
EXPOSE 8080 9876
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${CISTERN_MANAGEMENT_PORT:-9876} && printf 'GET /observe/health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200'"]
# The container's limit is the machine's memory: half of it for the heap, the rest for buffers and the runtime itself.
# An archive that doesn't fit (another runtime, another jar) is left aside. More options: JDK_JAVA_OPTIONS.
ENTRYPOINT ["java", "-XX:SharedArchiveFile=target/cistern.jsa", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-jar", "target/cistern.jar"]
