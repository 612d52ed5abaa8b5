//! A bare axum server.

pub(crate) const HOST: &str = "127.0.0.1";

/// Answers every request with that many bytes; prints its address.
pub(crate) fn serve(bytes: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let body = "x".repeat(bytes);
        let app = axum::Router::new().fallback(move || {
            let body = body.clone();
            async move { ([("content-type", "application/json")], body) }
        });
        let listener = tokio::net::TcpListener::bind((HOST, 0)).await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        axum::serve(listener, app).await.unwrap();
    });
}
