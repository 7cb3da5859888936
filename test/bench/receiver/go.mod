module claimwire.example/bench-receiver

go 1.21
