package io.cistern.sample;

class SampleCachesIT extends SampleCachesFixture {

    @Override
    String openDatabase() {
        return SampleDatabaseIT.h2("caches");
    }
}
