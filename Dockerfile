# Built in one stage, run in another that has a Java runtime and nothing to build with.
FROM maven:3.9.11-eclipse-temurin-17 AS build
WORKDIR /src
COPY pom.xml .
# A layer of its own for what changes seldom.
RUN mvn -B -q -ntp dependency:go-offline
COPY src src
RUN mvn -B -q -ntp -DskipTests package

FROM eclipse-temurin:17.0.16_8-jre-noble
RUN useradd --system --uid 10001 --home-dir /opt/cistern --shell /usr/sbin/nologin cistern \
    && install -d -o cistern -g cistern /var/cache/cistern
WORKDIR /opt/cistern
COPY --from=build /src/target/lib target/lib
COPY --from=build /src/target/cistern.jar target/
COPY config config
COPY routes routes
USER 10001
ENV CISTERN_DATA_DIR=/var/cache/cistern
EXPOSE 8080 9876
# The container's limit is the machine's memory: half of it for the heap, the rest for buffers and the runtime itself.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-jar", "target/cistern.jar"]
