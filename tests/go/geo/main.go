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

type geo struct {
	pb.UnimplementedGeoServer
	Hotels []struct {
		ID       string `json:"hotel_id"`
		Lat, Lon float64
	}
}

func (g *geo) Nearby(_ context.Context, asked *pb.NearbyRequest) (*pb.NearbyResponse, error) {
	answer := &pb.NearbyResponse{}
	for _, hotel := range g.Hotels {
		if d := distance(asked.Lat, asked.Lon, hotel.Lat, hotel.Lon); d <= asked.Radius {
			answer.Hotels = append(answer.Hotels,
				&pb.NearbyHotel{HotelId: hotel.ID, Lat: hotel.Lat, Lon: hotel.Lon, Distance: d})
		}
	}
	slices.SortFunc(answer.Hotels, func(a, b *pb.NearbyHotel) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.HotelId, b.HotelId))
	})
	answer.Hotels = answer.Hotels[:min(int(asked.Limit), len(answer.Hotels))]
	return answer, nil
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
