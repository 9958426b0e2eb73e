// A geo service in Go: our proto on plain grpc-go, and nothing of ours beside it. It takes the place
// of our own in tests, as a service in another language would.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"net"
	"os"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"geo/pb"
)

type hotel struct {
	ID       string `json:"hotel_id"`
	Lat, Lon float64
	distance float64
}

type geo struct {
	pb.UnimplementedGeoServer
	Hotels []hotel
}

func (g *geo) Nearby(_ context.Context, asked *pb.NearbyRequest) (*pb.NearbyResponse, error) {
	var near []hotel
	after := hotel{distance: asked.GetAfter().GetDistance(), ID: asked.GetAfter().GetHotelId()}
	for _, h := range g.Hotels {
		h.distance = distance(asked.Lat, asked.Lon, h.Lat, h.Lon)
		if h.distance <= asked.Radius && inOrder(after, h) < 0 {
			near = append(near, h)
		}
	}
	slices.SortFunc(near, inOrder)
	places := &pb.Places{}
	for _, h := range near[:min(int(asked.Limit), len(near))] {
		places.HotelIds = append(places.HotelIds, h.ID)
		places.Lats, places.Lons = append(places.Lats, h.Lat), append(places.Lons, h.Lon)
		places.Distances = append(places.Distances, h.distance)
	}
	return &pb.NearbyResponse{Places: places}, nil
}

func inOrder(a, b hotel) int {
	return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.ID, b.ID))
}

// Metres on the sphere, by the haversine formula.
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	hav := func(degrees float64) float64 { return math.Pow(math.Sin(degrees*math.Pi/360), 2) }
	cos := func(degrees float64) float64 { return math.Cos(degrees * math.Pi / 180) }
	return 2 * 6371008.8 * math.Asin(math.Sqrt(hav(lat2-lat1)+cos(lat1)*cos(lat2)*hav(lon2-lon1)))
}

// Serves the hotels of the flat file that the argument names, and prints the address.
func main() {
	service := &geo{}
	data, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(data, service)
	}
	listener, failure := net.Listen("tcp", "127.0.0.1:0")
	if err = cmp.Or(err, failure); err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	pb.RegisterGeoServer(server, service)
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	fmt.Println(listener.Addr())
	log.Fatal(server.Serve(listener))
}
